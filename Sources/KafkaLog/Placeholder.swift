enum KafkaLogPlaceholder {}
