global using QuantileContent = (double PerLog, double LogMiddle, long Zeros, double Min, double Max, (int First, long[]? Counts) Positive, (int First, long[]? Counts) Negative);

using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Codecs;

[assembly: CodecOf(typeof(AverageState), typeof(AverageStateCodec))]
[assembly: CodecOf(typeof(ExtremeState), typeof(ExtremeStateCodec))]
[assembly: CodecOf(typeof(DistinctState), typeof(DistinctStateCodec))]
[assembly: CodecOf(typeof(QuantileState), typeof(QuantileStateCodec))]
[assembly: CodecOf(typeof(GroupCountState), typeof(GroupCountStateCodec))]
[assembly: CodecOf(typeof(GroupCounts), typeof(GroupCountsCodec))]
[assembly: CodecOf(typeof(WholeState), typeof(WholeStateCodec))]
[assembly: CodecOf(typeof(DecimalState), typeof(DecimalStateCodec))]
[assembly: CodecOf(typeof(BestState<>), typeof(BestStateCodec<>))]
[assembly: CodecOf(typeof(EdgeState<>), typeof(EdgeStateCodec<>))]
[assembly: CodecOf(typeof(ReduceState<>), typeof(ReduceStateCodec<>))]
[assembly: CodecOf(typeof(DistinctOfState<>), typeof(DistinctOfStateCodec<>))]
[assembly: CodecOf(typeof(RowList<>), typeof(RowListCodec<>))]
[assembly: CodecOf(typeof(TopState<>), typeof(TopStateCodec<>))]

namespace QueryStream.Streams.Codecs;

internal sealed class AverageStateCodec : SurrogateCodec<AverageState, (double, long)>
{
    protected override (double, long) To(in AverageState value) => (value.Sum, value.Count);

    protected override AverageState From(in (double, long) surrogate, CodecReader reader) => new() { Sum = surrogate.Item1, Count = surrogate.Item2 };
}

internal sealed class ExtremeStateCodec : SurrogateCodec<ExtremeState, double?>
{
    protected override double? To(in ExtremeState value) => value.HasValue ? value.Value : null;

    protected override ExtremeState From(in double? surrogate, CodecReader reader) =>
        new() { Value = surrogate.GetValueOrDefault(), HasValue = surrogate.HasValue };
}

/// <summary>As a list of texts, or none; written straight from the set, which may have millions.</summary>
internal sealed class DistinctStateCodec : Codec<DistinctState>
{
    public override Schema Schema { get; } = Schema.ListOf(Codec<Text>.Instance.Schema);

    public override void Write(CodecWriter writer, in DistinctState value)
    {
        if (value.Texts is null)
        {
            writer.WriteNone();
        }
        else
        {
            value.Texts.Write(writer);
        }
    }

    public override DistinctState Read(CodecReader reader) => new() { Texts = TextSet.Read(reader) };
}

internal sealed class QuantileStateCodec : SurrogateCodec<QuantileState, QuantileContent>
{
    protected override QuantileContent To(in QuantileState value) => value.Sketch?.Content ?? default;

    protected override QuantileState From(in QuantileContent surrogate, CodecReader reader) => surrogate.Item1 == 0
        ? default
        : new QuantileState { Sketch = QuantileSketch.Of(surrogate) ?? throw reader.Damaged("a sketch of quantiles that cannot be") };
}

internal sealed class GroupCountStateCodec : SurrogateCodec<GroupCountState, (int, (Text, long)[]?)>
{
    protected override (int, (Text, long)[]?) To(in GroupCountState value) => (value.Closed, value.Table?.ToArray());

    protected override GroupCountState From(in (int, (Text, long)[]?) surrogate, CodecReader reader) =>
        new() { Closed = surrogate.Item1, Table = GroupCountTable.Of(surrogate.Item2) };
}

internal sealed class GroupCountsCodec : SurrogateCodec<GroupCounts, GroupCountState>
{
    protected override GroupCountState To(in GroupCounts value) => value.State;

    protected override GroupCounts From(in GroupCountState surrogate, CodecReader reader) => new(surrogate.Table, surrogate.Closed);
}
