namespace QueryStream.Streams.Connectors;

/// <summary>A record that could not be decoded, with the data to find and repair it.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its position in the partition.</param>
/// <param name="Reason">The reason, from a small fixed set, since dead letters are counted by reason: <c>malformed-json</c>.</param>
/// <param name="Detail">Details, for people; may be empty.</param>
/// <param name="Value">The first <see cref="MaxValueBytes"/> bytes of the record's value; null if it had none.</param>
public readonly record struct DeadLetter(string Topic, int Partition, long Offset, string Reason, string Detail, byte[]? Value)
{
    /// <summary>The maximum size of a kept value: 64 KiB.</summary>
    public const int MaxValueBytes = 64 * 1024;
}
