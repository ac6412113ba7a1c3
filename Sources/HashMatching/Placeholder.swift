enum HashMatchingPlaceholder {}
