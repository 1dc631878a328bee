using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Makes any number of rows of each.</summary>
internal sealed class FlatMapOperator<TIn, TOut> : Operator<TIn>
{
    private readonly FlatMapFunction<TIn, TOut> _function;
    private readonly IInput<TOut> _output;
    private readonly Action<TOut> _emit;
    private Batch<TOut>? _result;
    private EventTime _time;

    public FlatMapOperator(TaskContext context, string name, FlatMapFunction<TIn, TOut> function, IInput<TOut> output)
        : base(context, name)
    {
        _function = function;
        _output = output;
        _emit = Emit;
    }

    public override void OnControl(in Control control) => _output.OnControl(control);

    protected override void Process(Batch<TIn> batch)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        ReadOnlySpan<TIn> rows = batch.Rows;
        for (int i = 0; i < rows.Length; i++)
        {
            _time = times[i];
            _function(rows[i], _emit);
        }

        Send();
    }

    private void Emit(TOut row)
    {
        _result ??= Batch<TOut>.Rent();
        _result.Add(row, _time);
        if (_result.IsFull)
        {
            Send();
        }
    }

    private void Send()
    {
        if (_result is not null)
        {
            _output.OnBatch(_result);
            _result.Release();
            _result = null;
        }
    }
}
