enum FileLogPlaceholder {}
