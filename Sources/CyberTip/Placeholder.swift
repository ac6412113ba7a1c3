enum CyberTipPlaceholder {}
