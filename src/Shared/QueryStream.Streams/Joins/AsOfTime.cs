namespace QueryStream.Streams.Joins;

/// <summary>Right rows are versions of what belongs to a key: to a left row belongs the last one that is not after it.</summary>
public sealed record AsOfTime : JoinCondition
{
    internal AsOfTime()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "AsOf";
}
