using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a function over single rows.</summary>
internal sealed class ProcessOperator<TIn, TOut> : Operator<TIn>
{
    private readonly ProcessFunction<TIn, TOut> _function;
    private readonly RowEmitter<TOut> _rows;
    private readonly SideEmitters _sides;
    private readonly FunctionContext _call;

    public ProcessOperator(TaskContext context, ProcessNode<TIn, TOut> node, IInput<TOut> rows, SideEmitters sides)
        : base(context, node.Name)
    {
        _function = node.Function();
        _rows = new RowEmitter<TOut>(rows);
        _sides = sides;
        _call = new FunctionContext(this);
    }

    public override void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            _call.SetWatermark(control.Watermark);
        }
        else if (control.Kind == ControlKind.End)
        {
            Context.Run(Name, OnEnd);
        }

        _rows.OnControl(control);
        _sides.OnControl(control);
    }

    protected override void Process(Batch<TIn> batch)
    {
        ReadOnlySpan<TIn> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        for (int i = 0; i < rows.Length; i++)
        {
            _call.SetTime(times[i]);
            _function.Process(rows[i], _call);
        }

        Flush();
    }

    private void OnEnd()
    {
        _call.SetTime(_call.Watermark);
        _function.OnEnd(_call);
        Flush();
    }

    private void Flush()
    {
        _rows.Flush();
        _sides.Flush();
    }

    private sealed class FunctionContext(ProcessOperator<TIn, TOut> owner) : ProcessContext<TOut>
    {
        private EventTime _time;
        private EventTime _watermark = EventTime.MinValue;

        public override EventTime Time => _time;

        public override EventTime Watermark => _watermark;

        public override EventTime ProcessingTime => EventTime.From(owner.Context.Time.GetUtcNow());

        public override void Emit(in TOut row) => owner._rows.Emit(row, _time);

        public override void Emit<TSide>(SideOutput<TSide> output, in TSide row) => owner._sides.Find(output)?.Emit(row, _time);

        public void SetTime(EventTime time) => _time = time;

        public void SetWatermark(EventTime watermark) => _watermark = watermark;
    }
}
