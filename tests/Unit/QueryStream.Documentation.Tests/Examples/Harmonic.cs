using QueryStream.Streams.Aggregates;

namespace QueryStream.Documentation.Tests.Examples;

#region own-aggregate
/// <summary>The harmonic mean of the prices.</summary>
public sealed class Harmonic : Aggregate<Order, (double Sum, long Count), double>
{
    public override void Add(ref (double Sum, long Count) accumulator, in Order row)
    {
        accumulator.Sum += 1 / (double)row.Price;
        accumulator.Count++;
    }

    public override void Merge(ref (double Sum, long Count) into, ref (double Sum, long Count) from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public override double Result(ref (double Sum, long Count) accumulator, bool isFinal) => accumulator.Count / accumulator.Sum;
}
#endregion
