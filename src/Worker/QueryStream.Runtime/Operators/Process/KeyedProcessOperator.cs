using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a keyed function over the rows of one stream.</summary>
internal sealed class KeyedProcessOperator<TKey, TIn, TOut> : KeyedFunctionOperator<TKey, TOut>, IInput<TIn>
{
    private readonly Func<TIn, TKey> _key;
    private readonly KeyedProcessFunction<TKey, TIn, TOut> _function;

    public KeyedProcessOperator(TaskContext context, KeyedProcessNode<TKey, TIn, TOut> node, IInput<TOut> rows, SideEmitters sides)
        : base(context, node, rows, sides)
    {
        _key = node.Key;
        _function = node.Function();
        _function.Open(States);
    }

    public void OnBatch(Batch<TIn> batch)
    {
        try
        {
            Process(batch);
        }
        catch (Exception) when (Blame())
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }

    protected override void OnTimer(EventTime time, TimeDomain domain) => _function.OnTimer(time, domain, Function);

    private void Process(Batch<TIn> batch)
    {
        Begin();
        ReadOnlySpan<TIn> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        for (int i = 0; i < rows.Length; i++)
        {
            Select(_key(rows[i]), times[i]);
            _function.Process(rows[i], Function);
            Release();
        }

        End(rows.Length);
    }
}
