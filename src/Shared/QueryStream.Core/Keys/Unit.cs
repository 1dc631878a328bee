namespace QueryStream.Core.Keys;

/// <summary>The key of a stream without a key: it is the same for all rows.</summary>
public readonly record struct Unit;
