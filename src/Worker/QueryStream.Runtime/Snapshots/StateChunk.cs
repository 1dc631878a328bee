namespace QueryStream.Runtime.Snapshots;

/// <summary>Items of one state that stay together.</summary>
/// <param name="KeyGroup">Of keyed state: the key group of all of them. Otherwise -1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Bytes">The items, one after the other, as their codec writes them.</param>
public sealed record StateChunk(int KeyGroup, int Count, byte[] Bytes);
