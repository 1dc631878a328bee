namespace QueryStream.Connectors.Kafka;

/// <summary>What became of a record.</summary>
/// <param name="Reason">Why it cannot become a row, from a small fixed set (<c>malformed-json</c>), since dead letters are counted by it; null if it did.</param>
/// <param name="Detail">What exactly is wrong, for people; may be empty.</param>
public readonly record struct DecodeResult(string? Reason, string Detail)
{
    /// <summary>The record became a row.</summary>
    public static readonly DecodeResult Ok = new(null, "");

    /// <summary>Whether the record became a row.</summary>
    public bool IsOk => Reason is null;

    /// <summary>The record becomes a dead letter.</summary>
    public static DecodeResult Reject(string reason, string detail) => new(reason, detail);
}
