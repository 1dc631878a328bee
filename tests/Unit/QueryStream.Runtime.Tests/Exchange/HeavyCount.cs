using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>Counts with accumulators that report a large size.</summary>
internal sealed class HeavyCount(long bytes) : Aggregate<Sale, long, long>
{
    public override void Add(ref long accumulator, in Sale row) => accumulator++;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;

    public override long SizeOf(in long accumulator) => bytes;
}
