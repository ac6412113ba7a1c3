enum BehaviourPlaceholder {}
