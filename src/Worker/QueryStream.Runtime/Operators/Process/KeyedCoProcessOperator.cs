using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a keyed function over the rows of two streams.</summary>
internal sealed class KeyedCoProcessOperator<TKey, TLeft, TRight, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    private readonly KeyedCoProcessFunction<TKey, TLeft, TRight, TOut> _function;

    public KeyedCoProcessOperator(
        TaskContext context, KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node, IInput<TOut> rows, SideEmitters sides)
        : base(context, node, rows, sides)
    {
        _function = node.Function();
        _function.Open(States);
        Left = new Side<TLeft>(this, node.LeftKey, (in TLeft row) => _function.ProcessLeft(row, Function));
        Right = new Side<TRight>(this, node.RightKey, (in TRight row) => _function.ProcessRight(row, Function));
    }

    private delegate void RowAction<TRow>(in TRow row);

    /// <summary>Takes the rows of the first stream.</summary>
    public IInput<TLeft> Left { get; }

    /// <summary>Takes the rows of the second stream.</summary>
    public IInput<TRight> Right { get; }

    protected override void OnTimer(EventTime time, TimeDomain domain) => _function.OnTimer(time, domain, Function);

    private sealed class Side<TRow>(
        KeyedCoProcessOperator<TKey, TLeft, TRight, TOut> owner, Func<TRow, TKey> key, RowAction<TRow> process) : IInput<TRow>
    {
        public void OnControl(in Control control) => owner.OnControl(control);

        public void OnBatch(Batch<TRow> batch)
        {
            try
            {
                Process(batch);
            }
            catch (Exception) when (owner.Blame())
            {
                // Blame never catches: it only notes the name, innermost operator first.
                throw;
            }
        }

        private void Process(Batch<TRow> batch)
        {
            owner.Begin();
            ReadOnlySpan<TRow> rows = batch.Rows;
            ReadOnlySpan<EventTime> times = batch.Times;
            for (int i = 0; i < rows.Length; i++)
            {
                owner.Select(key(rows[i]), times[i]);
                process(rows[i]);
                owner.Release();
            }

            owner.End(rows.Length);
        }
    }
}
