global using QuantileContent = (
    double PerLog, double LogMiddle, long Zeros, double Min, double Max,
    (int First, long[]? Counts) Positive, (int First, long[]? Counts) Negative);

using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Codecs;

[assembly: CodecOf(typeof(DoubleSumState), typeof(DoubleSumStateCodec))]
[assembly: CodecOf(typeof(DoubleMinMaxState), typeof(DoubleMinMaxStateCodec))]
[assembly: CodecOf(typeof(DistinctTextState), typeof(DistinctTextStateCodec))]
[assembly: CodecOf(typeof(QuantileState), typeof(QuantileStateCodec))]
[assembly: CodecOf(typeof(GroupCountState), typeof(GroupCountStateCodec))]
[assembly: CodecOf(typeof(GroupCounts), typeof(GroupCountsCodec))]
[assembly: CodecOf(typeof(IntegerSumState), typeof(IntegerSumStateCodec))]
[assembly: CodecOf(typeof(DecimalSumState), typeof(DecimalSumStateCodec))]
[assembly: CodecOf(typeof(MinMaxState<>), typeof(MinMaxStateCodec<>))]
[assembly: CodecOf(typeof(FirstLastState<>), typeof(FirstLastStateCodec<>))]
[assembly: CodecOf(typeof(ReduceState<>), typeof(ReduceStateCodec<>))]
[assembly: CodecOf(typeof(DistinctState<>), typeof(DistinctStateCodec<>))]
[assembly: CodecOf(typeof(RowList<>), typeof(RowListCodec<>))]
[assembly: CodecOf(typeof(TopState<>), typeof(TopStateCodec<>))]

namespace QueryStream.Streams.Codecs;

internal sealed class DoubleSumStateCodec : SurrogateCodec<DoubleSumState, (double Sum, double Error, bool IsScaled, long Count)>
{
    protected override (double Sum, double Error, bool IsScaled, long Count) To(in DoubleSumState value) =>
        (value.Sum.Sum, value.Sum.Error, value.Sum.IsScaled, value.Count);

    protected override DoubleSumState From(in (double Sum, double Error, bool IsScaled, long Count) surrogate, CodecReader reader) => new()
    {
        Sum = new DoubleSum { Sum = surrogate.Sum, Error = surrogate.Error, IsScaled = surrogate.IsScaled },
        Count = surrogate.Count,
    };
}

internal sealed class DoubleMinMaxStateCodec : SurrogateCodec<DoubleMinMaxState, double?>
{
    protected override double? To(in DoubleMinMaxState value) => value.HasValue ? value.Value : null;

    protected override DoubleMinMaxState From(in double? surrogate, CodecReader reader) =>
        new() { Value = surrogate.GetValueOrDefault(), HasValue = surrogate.HasValue };
}

/// <summary>Encodes a list of texts directly from the set, which may be large.</summary>
internal sealed class DistinctTextStateCodec : Codec<DistinctTextState>
{
    public override Schema Schema { get; } = Schema.ListOf(Codec<Text>.Instance.Schema);

    public override void Write(CodecWriter writer, in DistinctTextState value)
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

    public override DistinctTextState Read(CodecReader reader) => new() { Texts = TextSet.Read(reader) };
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
