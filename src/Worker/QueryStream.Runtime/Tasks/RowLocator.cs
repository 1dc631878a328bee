using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// Describes in errors where a row comes from: its record, where the batch knows it; else the sender of the batch, the records that the batch was
/// made of, and the text of the row. Used in turns of one task.
/// </summary>
/// <param name="deployment">What the task runs.</param>
internal sealed class RowLocator(TaskDeployment deployment)
{
    private const int MaxTextLength = 300;

    /// <summary>The sender of the batch that is being processed. Set for each batch.</summary>
    public SenderLink Sender { get; set; } = SenderLink.None;

    /// <summary>Describes a record.</summary>
    public static string At(in OriginRun record) => $"at {record}";

    /// <summary>Describes a row of a batch.</summary>
    public string At<T>(Batch<T> batch, int row, string? key) => batch.Origin.At(row) is { } record
        ? At(record)
        : Describe(batch.Rows[row], batch.Times[row], key, $"{From(Sender)}{OriginOf(batch)}");

    /// <summary>Describes a row that is no longer in its batch.</summary>
    public string At<T>(in T row, EventTime time, in RowPosition position) => position.Record is { } record
        ? At(record)
        : Describe(row, time, key: null, position.IsRestored ? " that was restored from a snapshot" : From(position.Sender));

    /// <summary>Describes a batch of which the failed row is not known.</summary>
    public string AtOneOf<T>(Batch<T> batch) => batch.Count == 1
        ? At(batch, 0, key: null)
        : $"at one of {batch.Count} rows{From(Sender)}{OriginOf(batch)}";

    /// <summary>The position of a row, for an operator that describes the row after its batch is gone.</summary>
    public RowPosition Keep(Batch batch, int row) => new(batch.Origin.At(row), false, Sender);

    private static string Describe<T>(in T row, EventTime time, string? key, string origin) =>
        $"at a row{origin}: {(key is null ? "" : $"key {key}, ")}time {time}, {RowText.Of(row, MaxTextLength)}";

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

/// <summary>Where a row comes from, for an operator that keeps the row longer than its batch.</summary>
/// <param name="Record">The record, if it is known exactly.</param>
/// <param name="IsRestored">Whether the row was restored from a snapshot.</param>
/// <param name="Sender">The sender of its batch.</param>
internal readonly record struct RowPosition(OriginRun? Record, bool IsRestored, SenderLink Sender)
{
    /// <summary>The position of a restored row.</summary>
    public static readonly RowPosition Restored = new(null, true, SenderLink.None);
}

/// <summary>The channel and the link by which a batch came to a task.</summary>
/// <param name="Channel">The task's number for the channel; -1 if the task reads a source.</param>
/// <param name="Link">The index of the link on its edge.</param>
internal readonly record struct SenderLink(int Channel, int Link)
{
    /// <summary>No channel.</summary>
    public static readonly SenderLink None = new(-1, -1);
}
