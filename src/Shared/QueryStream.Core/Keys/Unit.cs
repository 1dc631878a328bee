namespace QueryStream.Core.Keys;

/// <summary>The key of a stream that has none: all rows belong together.</summary>
public readonly record struct Unit;
