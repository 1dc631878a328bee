using QueryStream.Streams.Functions;

namespace QueryStream.Benchmarks;

/// <summary>Emits two rows for each.</summary>
internal sealed class Doubling : ProcessFunction<Event, long>
{
    public override void Process(in Event row, ProcessContext<long> context)
    {
        context.Emit(row.Value);
        context.Emit(-row.Value);
    }
}
