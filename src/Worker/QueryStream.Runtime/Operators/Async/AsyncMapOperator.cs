using System.Runtime.ExceptionServices;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>
/// Maps each row by an asynchronous function. Answers are emitted in the order of the rows, or at least between the same control elements. Barriers
/// do not wait for answers: a snapshot holds the rows without an emitted answer, and their answers follow the barrier. Only the barrier of a draining
/// savepoint waits, since nobody would emit the answers after it. Used in turns of one task.
/// </summary>
internal sealed class AsyncMapOperator<TIn, TOut> : Operator<TIn>, IStatefulOperator, IResumable
{
    private const string InFlight = "in-flight";

    private readonly RowEmitter<TOut> _answers;

    // The records of the answers that are not sent.
    private readonly BatchOrigin _origin = new();
    private readonly RowErrors _errors;
    private readonly AsyncCalls<TIn, TOut> _calls;
    private readonly bool _isOrdered;

    // There is always one; the last one is open.
    private readonly Queue<AsyncSegment<TIn, TOut>> _segments = new();
    private AsyncSegment<TIn, TOut> _last = new();
    private AsyncSegment<TIn, TOut>? _beforeLast;
    private bool _isDue;
    private bool _isWaiting;
    private bool _isFull;
    private bool _hasTimeEnded;

    // The call whose failure fails the task.
    private AsyncCall<TIn, TOut>? _failed;

    public AsyncMapOperator(TaskContext context, AsyncMapNode<TIn, TOut> node, IInput<TOut> output, RowErrors errors)
        : base(context, node, passesRows: true)
    {
        Id = node.Id;
        Place = context.Work.NextPlace();
        _answers = new RowEmitter<TOut>(output, Counts);
        _errors = errors;
        _isOrdered = node.Options.IsOrdered;
        _calls = new AsyncCalls<TIn, TOut>(context, node.Name, node.Function, node.Options, OnDone);
        _segments.Enqueue(_last);
        context.Stateful.Add(this);
        context.OnClose.Add(_answers.Drop);
    }

    public OperatorId Id { get; }

    public IAttributable Operator => this;

    public int Place { get; }

    private bool IsEmpty => _segments.Count == 1 && _last.Open == 0;

    public override void OnControl(in Control control)
    {
        _hasTimeEnded |= control.Kind == ControlKind.Watermark && control.Watermark == EventTime.MaxValue;
        if (IsEmpty || (control.Kind == ControlKind.Barrier && !_hasTimeEnded))
        {
            ForwardNow(control);
        }
        else if (_last.Open > 0 || !TryReplaceLast(control))
        {
            _last.End = control;
            _beforeLast = _last;
            _last = new AsyncSegment<TIn, TOut>();
            _segments.Enqueue(_last);
            UpdateTask();
        }
    }

    public override string? DescribePosition() => _failed is { } call ? Context.Rows.At(call.Row, call.Time, call.Position) : null;

    public bool Resume()
    {
        for (int emitted = 0; emitted < Batch.MaxRows && TryEmitNext(); emitted++)
        {
        }

        FlushAnswers();
        StartMore();
        _isDue = HasReady();
        return !_isDue;
    }

    // The number of rows is limited, so they are encoded at once.
    public void Capture(StateCapture capture) => capture.List(InFlight, EncodedItems.Of(RowsInFlight()));

    private IEnumerable<(int, TIn, EventTime)> RowsInFlight()
    {
        foreach (AsyncSegment<TIn, TOut> segment in _segments)
        {
            foreach (AsyncCall<TIn, TOut> call in segment.Rows)
            {
                if (!call.IsEmitted)
                {
                    yield return (Context.Deployment.Subtask, call.Row, call.Time);
                }
            }
        }
    }

    // The rows of one subtask stay together, in their order. They come before all watermarks.
    public async Task RestoreAsync(StateReader state)
    {
        await state.UnionAsync<(int Subtask, TIn Row, EventTime Time)>(InFlight, item =>
        {
            if (item.Subtask % Context.Deployment.Vertex.Parallelism == Context.Deployment.Subtask)
            {
                Counts.In++;
                Add(item.Row, item.Time, RowPosition.Restored);
            }
        }).ConfigureAwait(false);

        Context.Timers.OnRun(StartMore);
    }

    protected override void Process(Batch<TIn> batch)
    {
        // The function outlives the batch, and its answer may hold texts of the row.
        batch.Detach();
        ReadOnlySpan<EventTime> times = batch.Times;
        for (int i = 0; i < batch.Count; i++)
        {
            Add(batch.Rows[i], times[i], Context.Rows.Keep(batch, i));
        }

        StartMore();
    }

    private void Add(in TIn row, EventTime time, in RowPosition position)
    {
        AsyncCall<TIn, TOut> call = new(row, time, position, _last);
        _last.Add(call);
        Counts.Absorbed++;
        _calls.Add(call);
    }

    private void StartMore()
    {
        _calls.StartMore();
        UpdateTask();
    }

    // Any number of watermarks and idle elements may arrive while an answer is awaited; only the newest of each kind matters. Called if no row has
    // arrived since the last element, which waits for earlier rows.
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

    private bool TryEmitNext()
    {
        AsyncSegment<TIn, TOut> first = _segments.Peek();
        if (first.TryTake(_isOrdered, out AsyncCall<TIn, TOut> call))
        {
            _calls.Release();
            Counts.Absorbed--;
            Emit(call);
            while (_segments.Peek() is { Open: 0, End: { } end })
            {
                _segments.Dequeue();
                ForwardNow(end);
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
            _origin.Widen(call.Position.Record);
        }
        else if (_errors.AreHandled)
        {
            _errors.Add(failure, call.Row, call.Time, call.Position);
        }
        else
        {
            _failed = call;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void ForwardNow(in Control control)
    {
        if (control.Kind == ControlKind.Barrier)
        {
            Context.Capture(this);
        }

        FlushAnswers();
        _answers.OnControl(control);
        _errors.OnControl(control);
    }

    private void FlushAnswers()
    {
        _answers.Flush(_origin);
        _origin.Clear();
        _errors.Flush();
    }

    // Tells the task whether it may take input, and whether it may finish.
    private void UpdateTask()
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
