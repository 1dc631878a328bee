using System.Globalization;
using QueryStream.Connectors.DataGen;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>Rows with their indexes: split s of n has s, s + n, s + 2n …</summary>
public sealed class GeneratorSourceTests : SourceSuite<long>
{
    private long _count;

    protected override bool CanRefuse => false;

    protected override bool CanFollow => false;

    protected override Task FillAsync(IReadOnlyList<IReadOnlyList<string?>> splits)
    {
        _count += splits.Sum(split => split.Count);
        return Task.CompletedTask;
    }

    protected override SourceStream<long> Define(StreamBuilder job, bool isBounded) => job.Generate(
        "numbers", new GeneratorOptions { Count = _count, Splits = Splits, StartTime = new EventTime(0) }, row => row.Sequence());

    protected override string TextOf(long row) => row.ToString(CultureInfo.InvariantCulture);

    protected override string Row(int split, int index) => (split + ((long)index * Splits)).ToString(CultureInfo.InvariantCulture);
}
