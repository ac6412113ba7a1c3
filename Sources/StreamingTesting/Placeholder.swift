enum StreamingTestingPlaceholder {}
