using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The second phase of an aggregation over aligned windows, or all of it. It holds the slices of the task's key groups, emits a window's results when
/// time passes its end and again when a late row changes them, and drops slices that no window needs.
/// </summary>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut> : TimedWindowOperator<T, TKey, TOut>
    where TAccumulator : struct
{
    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly AlignedWindows[] _kinds;
    private readonly SliceStore<TKey, TAccumulator> _slices;

    /// <summary>Creates the operator.</summary>
    public AlignedWindowOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
        : base(context, node, node.Aggregation.Settings, results, late)
    {
        _aggregation = node.Aggregation;
        _kinds = [.. Settings.Aligned];
        _slices = context.Environment.StateBackend.CreateSliceStore<TKey, TAccumulator>(
            _kinds, accumulator => _aggregation.Aggregate.Fork(accumulator));
        _content = new WindowContent<T, TKey, TAccumulator, TOut>(_aggregation.Aggregate, _slices);
        _changed = new ChangedWindows<TKey, TAccumulator>(_kinds);
        _changedLate = new ChangedWindows<TKey, TAccumulator>(_kinds);
    }

    /// <summary>Takes partial results of the first phase.</summary>
    public IRowInput<Partial<TKey, TAccumulator>> Partials => new PartialInput(this);

    protected override EventTime? NextDue()
    {
        EventTime due = NextWindow(out int kind);
        return kind < 0 ? null : due;
    }

    protected override void OnAdvanced()
    {
        (_firedEnd, _firedKind) = (Watermark.Add(1), _kinds.Length - 1);
        DropTooLate();
    }

    private void DropTooLate()
    {
        while (_slices.Count > 0 && IsTooLate(_slices[0]))
        {
            _slices.RemoveFirst();
        }
    }

    private bool IsTooLate(Slice<TKey, TAccumulator> slice) => Watermark >= slice.LastWindowEnd.Add(Settings.Lateness - 1);
}
