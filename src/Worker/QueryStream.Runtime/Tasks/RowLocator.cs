using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// Says for people where a row comes from. That is the record, where its batch knows it; else who sent the row, the records that its batch was made of,
/// and what is in the row, by which it can be found. Used in turns of one task.
/// </summary>
/// <param name="deployment">What the task runs.</param>
internal sealed class RowLocator(TaskDeployment deployment)
{
    private const int MostText = 300;

    /// <summary>By which channel the batch came that is being processed. Set once a batch.</summary>
    public SenderLink Sender { get; set; } = SenderLink.None;

    /// <summary>Of a record.</summary>
    public static string At(in OriginRun record) => $"at {record}";

    /// <summary>Of a row of a batch.</summary>
    public string At<T>(Batch<T> batch, int row, string? key) => batch.Origin.At(row) is { } record
        ? At(record)
        : Describe(batch.Rows[row], batch.Times[row], key, $"{From(Sender)}{OriginOf(batch)}");

    /// <summary>Of a row that is no longer in its batch.</summary>
    public string At<T>(in T row, EventTime time, in RowPosition position) => position.Record is { } record
        ? At(record)
        : Describe(row, time, key: null, position.IsRestored ? " that was restored from a snapshot" : From(position.Sender));

    /// <summary>Of one of the rows of a batch, nobody knows which.</summary>
    public string AtOneOf<T>(Batch<T> batch) => batch.Count == 1 ? At(batch, 0, key: null) : $"at one of {batch.Count} rows{From(Sender)}{OriginOf(batch)}";

    /// <summary>What is kept of a row of a batch.</summary>
    public RowPosition Keep(Batch batch, int row) => new(batch.Origin.At(row), false, Sender);

    private static string Describe<T>(in T row, EventTime time, string? key, string origin) =>
        $"at a row{origin}: {(key is null ? "" : $"key {key}, ")}time {time}, {RowText.Of(row, MostText)}";

    private static string OriginOf(Batch batch) => batch.Origin.ToString() is { Length: > 0 } origin ? $", made of {origin}" : "";

    private string From(SenderLink sender)
    {
        if (sender.Channel < 0)
        {
            return "";
        }

        (JobEdge edge, ChannelId channel) = ChannelLayout.Incoming(deployment)[sender.Channel];
        return $" from {edge.Links[sender.Link].From.Node.Name} ({channel.From + 1}/{edge.From.Parallelism})";
    }
}

/// <summary>What is kept of where a row comes from, for those that may name it when its batch has gone.</summary>
/// <param name="Record">The record, where it is known exactly.</param>
/// <param name="IsRestored">Whether it was brought by a snapshot.</param>
/// <param name="Sender">The channel that it came by.</param>
internal readonly record struct RowPosition(OriginRun? Record, bool IsRestored, SenderLink Sender)
{
    /// <summary>Of a row that was brought by a snapshot.</summary>
    public static readonly RowPosition Restored = new(null, true, SenderLink.None);
}

/// <summary>By which channel a batch came to a task, and by which of its links.</summary>
/// <param name="Channel">The channel; -1: by none, the task reads a source.</param>
/// <param name="Link">The link.</param>
internal readonly record struct SenderLink(int Channel, int Link)
{
    /// <summary>No channel.</summary>
    public static readonly SenderLink None = new(-1, -1);
}
