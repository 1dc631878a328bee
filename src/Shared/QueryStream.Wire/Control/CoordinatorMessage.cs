namespace QueryStream.Wire.Control;

/// <summary>What a worker tells the coordinator. Which worker it is, the connection says.</summary>
public abstract record CoordinatorMessage;
