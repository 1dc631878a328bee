using QueryStream.Runtime.Tests.Properties;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>Counts rows that overtake an earlier row of their split. Each split has one key.</summary>
internal sealed class SplitOrder : Aggregate<Event, (long Last, long Disorder), long>
{
    public override void Add(ref (long Last, long Disorder) accumulator, in Event row)
    {
        accumulator.Disorder += row.Id > accumulator.Last ? 0 : 1;
        accumulator.Last = row.Id;
    }

    public override void Merge(ref (long Last, long Disorder) into, ref (long Last, long Disorder) from) =>
        throw new NotSupportedException("Order is lost where partial results are merged.");

    public override long Result(ref (long Last, long Disorder) accumulator, bool isFinal) => accumulator.Disorder;
}
