namespace QueryStream.Wire.Control;

/// <summary>What the coordinator tells a worker.</summary>
public abstract record WorkerMessage;
