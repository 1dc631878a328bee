namespace QueryStream.Streams.Aggregates;

/// <summary>All rows.</summary>
internal sealed class CollectAggregate<TIn> : KeptRowsAggregate<TIn, IReadOnlyList<TIn>>
{
    protected override IReadOnlyList<TIn> Result(RowBuffer<TIn> rows, bool isFinal) => rows.Rows.ToArray();
}
