enum AuditTrailPlaceholder {}
