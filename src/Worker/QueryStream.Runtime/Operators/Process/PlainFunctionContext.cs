using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>What a function without keys is given: one instance a subtask, set anew for each row.</summary>
internal sealed class PlainFunctionContext<TOut>(TaskContext context, FunctionOutputs<TOut> outputs) : ProcessContext<TOut>
{
    private EventTime _time;
    private EventTime _watermark = EventTime.MinValue;

    public override EventTime Time => _time;

    public override EventTime Watermark => _watermark;

    public override EventTime ProcessingTime => EventTime.From(context.Time.GetUtcNow());

    public override void Emit(in TOut row) => outputs.Emit(row, _time);

    public override void Emit<TSide>(SideOutput<TSide> output, in TSide row) => outputs.Emit(output, row, _time);

    /// <summary>The event time of the row that comes next.</summary>
    public void SetTime(EventTime time) => _time = time;

    /// <summary>The watermark has advanced.</summary>
    public void SetWatermark(EventTime watermark) => _watermark = watermark;
}
