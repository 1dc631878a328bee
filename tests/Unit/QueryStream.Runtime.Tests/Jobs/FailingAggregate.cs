using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>Counts, and throws in one of its methods.</summary>
internal sealed class FailingAggregate(string method) : Aggregate<Sale, long, long>
{
    public override void Add(ref long accumulator, in Sale row)
    {
        ThrowIn(nameof(Add));
        accumulator++;
    }

    public override void Merge(ref long into, ref long from)
    {
        ThrowIn(nameof(Merge));
        into += from;
    }

    public override long Result(ref long accumulator, bool isFinal)
    {
        ThrowIn(nameof(Result));
        return accumulator;
    }

    public override long SizeOf(in long accumulator)
    {
        ThrowIn(nameof(SizeOf));
        return 0;
    }

    private void ThrowIn(string name)
    {
        if (name == method)
        {
            throw new TestFailure();
        }
    }
}
