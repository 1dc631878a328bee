using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Windows;

/// <summary>Adds up the times of sales, and one for each.</summary>
internal sealed class TimeSum : Aggregate<Sale, long, long>
{
    public override void Add(ref long accumulator, in Sale row) => accumulator += row.Time + 1;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
