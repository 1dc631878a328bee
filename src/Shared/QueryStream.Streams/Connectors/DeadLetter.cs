namespace QueryStream.Streams.Connectors;

/// <summary>A record from outside that could not become a row, with what is needed to find and repair it.</summary>
/// <param name="Topic">Where it came from.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its position in the partition.</param>
/// <param name="Reason">Why, from a small fixed set, since it is counted by reason: <c>malformed-json</c>.</param>
/// <param name="Detail">What exactly, for people; empty where the reason says all.</param>
/// <param name="Value">The record's value, its first <see cref="MaxValueBytes"/> bytes; null where it had none.</param>
public readonly record struct DeadLetter(string Topic, int Partition, long Offset, string Reason, string Detail, byte[]? Value)
{
    /// <summary>How much of a value is kept: 64 KiB.</summary>
    public const int MaxValueBytes = 64 * 1024;
}
