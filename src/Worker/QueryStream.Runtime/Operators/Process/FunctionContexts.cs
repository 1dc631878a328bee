using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The context of a keyed function. One instance per subtask, updated for each row and timer.</summary>
internal sealed class KeyedFunctionContext<TKey, TOut>(
    KeyedStore<TKey> store, TimerQueue<TKey> eventTimers, ClockTimers<TKey> clockTimers, FunctionOutputs<TOut> outputs)
    : KeyedContext<TKey, TOut>
{
    private EventTime _time;
    private EventTime _watermark = EventTime.MinValue;

    public override EventTime Time => _time;

    public override EventTime Watermark => _watermark;

    public override EventTime ProcessingTime => store.Now;

    public override TKey Key => store.Key;

    public override void Emit(in TOut row) => outputs.Emit(row, _time);

    public override void Emit<TSide>(SideOutput<TSide> output, in TSide row) => outputs.Emit(output, row, _time);

    public override void SetTimer(EventTime eventTime) => eventTimers.Set(store.Key, store.Hash, eventTime);

    public override void DeleteTimer(EventTime eventTime) => eventTimers.Delete(store.Key, store.Hash, eventTime);

    public override void SetProcessingTimeTimer(EventTime processingTime) => clockTimers.Set(store.Key, store.Hash, processingTime);

    public override void DeleteProcessingTimeTimer(EventTime processingTime) => clockTimers.Delete(store.Key, store.Hash, processingTime);

    /// <summary>Emits a row with its own event time, which the watermark must not have passed.</summary>
    public void Emit(in TOut row, EventTime time) => outputs.Emit(row, time);

    /// <summary>Sets the event time of the next row or timer.</summary>
    public void SetTime(EventTime time) => _time = time;

    /// <summary>The watermark has advanced.</summary>
    public void SetWatermark(EventTime watermark) => _watermark = watermark;
}

/// <summary>The context of a function without keys. One instance per subtask, updated for each row.</summary>
internal sealed class PlainFunctionContext<TOut>(TaskContext context, FunctionOutputs<TOut> outputs) : ProcessContext<TOut>
{
    private EventTime _time;
    private EventTime _watermark = EventTime.MinValue;

    public override EventTime Time => _time;

    public override EventTime Watermark => _watermark;

    public override EventTime ProcessingTime => EventTime.From(context.Time.GetUtcNow());

    public override void Emit(in TOut row) => outputs.Emit(row, _time);

    public override void Emit<TSide>(SideOutput<TSide> output, in TSide row) => outputs.Emit(output, row, _time);

    /// <summary>Sets the event time of the next row.</summary>
    public void SetTime(EventTime time) => _time = time;

    /// <summary>The watermark has advanced.</summary>
    public void SetWatermark(EventTime watermark) => _watermark = watermark;
}

/// <summary>Processes a row.</summary>
internal delegate void RowAction<TRow>(in TRow row);
