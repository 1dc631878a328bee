namespace QueryStream.Wire.Control;

/// <summary>The worker's slots are known and may be used.</summary>
public sealed record WorkerRegistered : WorkerMessage;
