using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>What is true of all rows of a batch. Row kinds and a selection will stand here too; absent they mean: insert only, all rows.</summary>
/// <param name="IngestTime">The clock when the source took the rows in; <see cref="EventTime.MinValue"/> where unknown.</param>
public readonly record struct BatchHeader(EventTime IngestTime)
{
    /// <summary>Nothing is known.</summary>
    public static readonly BatchHeader None = new(EventTime.MinValue);
}
