using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>What is true of all rows of a batch. Row kinds and a selection will stand here too; absent they mean: insert only, all rows.</summary>
/// <param name="Split">Index of the source's split that all rows come from; -1 where they come from several, or were regrouped.</param>
/// <param name="FirstOffset">The smallest position in that split; -1 without one.</param>
/// <param name="LastOffset">The largest position in that split; -1 without one.</param>
/// <param name="IngestTime">The clock when the source took the rows in; <see cref="EventTime.MinValue"/> where unknown.</param>
public readonly record struct BatchHeader(int Split, long FirstOffset, long LastOffset, EventTime IngestTime)
{
    /// <summary>Nothing is known.</summary>
    public static readonly BatchHeader None = new(-1, -1, -1, EventTime.MinValue);
}
