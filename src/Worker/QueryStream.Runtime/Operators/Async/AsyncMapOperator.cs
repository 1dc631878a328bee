using System.Runtime.ExceptionServices;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>
/// Asks something outside for one row of each. Answers and control elements go on in order, or answers only keep their side of each control
/// element. Only barriers do not wait: what is under way then is in the snapshot, and its answers belong behind the barrier. Used in turns of
/// one task.
/// </summary>
internal sealed class AsyncMapOperator<TIn, TOut> : Operator<TIn>, IStatefulOperator, IResumable
{
    private const string InFlight = "in-flight";

    private readonly RowEmitter<TOut> _answers;

    // The records of the answers that have not been handed on.
    private readonly BatchOrigin _given = new();
    private readonly RowErrors _errors;
    private readonly AsyncCalls<TIn, TOut> _calls;
    private readonly bool _isOrdered;

    // The last one is open; there is always one.
    private readonly Queue<AsyncSegment<TIn, TOut>> _segments = new();
    private AsyncSegment<TIn, TOut> _last = new();
    private AsyncSegment<TIn, TOut>? _beforeLast;
    private bool _isDue;
    private bool _isWaiting;
    private bool _isFull;

    public AsyncMapOperator(TaskContext context, AsyncMapNode<TIn, TOut> node, IInput<TOut> output, RowErrors errors)
        : base(context, node.Name)
    {
        Id = node.Id;
        Place = context.Work.NextPlace();
        _answers = new RowEmitter<TOut>(output);
        _errors = errors;
        _isOrdered = node.Options.IsOrdered;
        _calls = new AsyncCalls<TIn, TOut>(context, node.Name, node.Function, node.Options, OnDone);
        _segments.Enqueue(_last);
        context.Stateful.Add(this);
        context.OnClose.Add(_answers.Drop);
    }

    public OperatorId Id { get; }

    string IStatefulOperator.Name => Name;

    public int Place { get; }

    private bool IsEmpty => _segments.Count == 1 && _last.Open == 0;

    public override void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Barrier)
        {
            Context.Capture(this);
            HandOn(control);
        }
        else if (IsEmpty)
        {
            HandOn(control);
        }
        else if (_last.Open > 0 || !TryReplaceLast(control))
        {
            _last.End = control;
            _beforeLast = _last;
            _last = new AsyncSegment<TIn, TOut>();
            _segments.Enqueue(_last);
            ShowState();
        }
    }

    public bool Resume()
    {
        try
        {
            return EmitSome();
        }
        catch (Exception) when (Context.Blame(Name))
        {
            // Blame never catches: it only notes the name.
            throw;
        }
    }

    // The number of rows under way is limited, so they are encoded at once.
    public void Capture(StateCapture capture) => capture.List(InFlight, EncodedItems.Of(UnderWay()));

    private IEnumerable<(int, TIn, EventTime)> UnderWay()
    {
        foreach (AsyncSegment<TIn, TOut> segment in _segments)
        {
            foreach (AsyncCall<TIn, TOut> call in segment.Rows)
            {
                if (!call.HasGone)
                {
                    yield return (Context.Deployment.Subtask, call.Row, call.Time);
                }
            }
        }
    }

    // The rows of one subtask stay together, so that their order is kept, and come before all watermarks.
    public void Restore(StateReader state)
    {
        foreach ((int subtask, TIn row, EventTime time) in state.Union<(int, TIn, EventTime)>(InFlight))
        {
            if (subtask % Context.Deployment.Vertex.Parallelism == Context.Deployment.Subtask)
            {
                Add(row, time, RowPosition.Restored);
            }
        }

        Context.OnRun.Add(AskMore);
    }

    protected override void Process(Batch<TIn> batch)
    {
        // The function may take its time, and its answer may have the row's texts.
        batch.Detach();
        ReadOnlySpan<EventTime> times = batch.Times;
        for (int i = 0; i < batch.Count; i++)
        {
            Add(batch.Rows[i], times[i], Context.Rows.Keep(batch, i));
        }

        AskMore();
    }

    private void Add(in TIn row, EventTime time, in RowPosition position)
    {
        AsyncCall<TIn, TOut> call = new(row, time, position, _last);
        _last.Add(call);
        _calls.Add(call);
    }

    private void AskMore()
    {
        _calls.AskMore();
        ShowState();
    }

    // Watermarks and proofs of silence may come for as long as an answer does not: the newest of a kind says all. Called where no row has come since
    // the last element, which waits for rows before it.
    private bool TryReplaceLast(in Control control)
    {
        if (_beforeLast!.End!.Value.Kind != control.Kind || control.Kind is not (ControlKind.Watermark or ControlKind.Idle))
        {
            return false;
        }

        _beforeLast.End = control;
        return true;
    }

    private void OnDone(AsyncCall<TIn, TOut> call)
    {
        if (!_isOrdered)
        {
            call.Segment.Done.Enqueue(call);
        }

        if (!_isDue && HasReady())
        {
            _isDue = true;
            Context.Work.DeferExternal(this, this);
        }
    }

    private bool HasReady() => _segments.Peek().HasReady(_isOrdered);

    private bool EmitSome()
    {
        for (int emitted = 0; emitted < Batch.MaxRows && TryEmitNext(); emitted++)
        {
        }

        FlushAnswers();
        AskMore();
        _isDue = HasReady();
        return !_isDue;
    }

    private bool TryEmitNext()
    {
        AsyncSegment<TIn, TOut> first = _segments.Peek();
        if (first.TryTake(_isOrdered, out AsyncCall<TIn, TOut> call))
        {
            _calls.Release();
            Emit(call);
            while (_segments.Peek() is { Open: 0, End: { } end })
            {
                _segments.Dequeue();
                HandOn(end);
            }

            return true;
        }

        return false;
    }

    private void Emit(AsyncCall<TIn, TOut> call)
    {
        if (call.Failure is not { } failure)
        {
            _answers.Emit(call.Answer, call.Time);
            _given.Widen(call.Position.Record);
        }
        else if (_errors.Handle(call.Row, call.Time, call.Position))
        {
            _errors.Add(failure, call.Row, call.Time, call.Position);
        }
        else
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void HandOn(in Control control)
    {
        FlushAnswers();
        _answers.OnControl(control);
        _errors.OnControl(control);
    }

    private void FlushAnswers()
    {
        _answers.Flush(_given);
        _given.Clear();
        _errors.Flush();
    }

    // What the task must know: whether it may take input, and whether it may finish.
    private void ShowState()
    {
        if (_isFull != _calls.HasWaiting)
        {
            _isFull = !_isFull;
            Context.Work.SetFull(this, Place, _isFull);
        }

        if (_isWaiting == IsEmpty)
        {
            _isWaiting = !_isWaiting;
            Context.Work.WaitingOperators += _isWaiting ? 1 : -1;
        }
    }
}
