using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>What is kept of where a row comes from, for those that may name it when its batch has gone.</summary>
/// <param name="Record">The record, where it is known exactly.</param>
/// <param name="IsRestored">Whether it was brought by a snapshot.</param>
/// <param name="Sender">The channel that it came by.</param>
internal readonly record struct RowPosition(OriginRun? Record, bool IsRestored, SenderLink Sender)
{
    /// <summary>Of a row that was brought by a snapshot.</summary>
    public static readonly RowPosition Restored = new(null, true, SenderLink.None);
}
