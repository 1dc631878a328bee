using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>
/// Calls an asynchronous function for rows: a limited number at a time, with retries after errors, and with a timeout. Used in turns of one task.
/// </summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The answers.</typeparam>
internal sealed class AsyncCalls<TIn, TOut> : IAttributable
{
    private readonly TaskContext _context;
    private readonly Func<TIn, CancellationToken, Task<TOut>> _function;
    private readonly AsyncOptions _options;
    private readonly Action<AsyncCall<TIn, TOut>> _onDone;
    private readonly Queue<AsyncCall<TIn, TOut>> _waiting = new();
    private readonly HashSet<AsyncAttempt<TIn, TOut>> _running = [];

    // Both are ordered by time, since all timeouts are equal, and so are all delays.
    private readonly Queue<(AsyncCall<TIn, TOut> Call, EventTime At)> _pauses = new();
    private Queue<AsyncCall<TIn, TOut>> _deadlines = new();
    private readonly ResettableTimer _timer;
    private int _started;
    private bool _isClosed;

    // The call for which the job's condition decides about a retry.
    private AsyncCall<TIn, TOut>? _deciding;

    /// <summary>Creates a set without calls.</summary>
    /// <param name="context">The task.</param>
    /// <param name="name">The operator's name, for errors.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="onDone">Called in a turn for each row that has an answer or has failed.</param>
    public AsyncCalls(
        TaskContext context,
        string name,
        Func<TIn, CancellationToken, Task<TOut>> function,
        AsyncOptions options,
        Action<AsyncCall<TIn, TOut>> onDone)
    {
        (_context, Name, _function, _options, _onDone) = (context, name, function, options, onDone);
        _timer = context.Timers.NewTimer(OnTimer);
        context.OnClose.Add(Close);
    }

    public string Name { get; }

    /// <summary>Whether rows wait for running calls.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    private EventTime Now => EventTime.From(_context.Time.GetUtcNow());

    public string? DescribePosition() => _deciding is { } call ? _context.Rows.At(call.Row, call.Time, call.Position) : null;

    /// <summary>Adds a row; <see cref="StartMore"/> calls the function for it.</summary>
    public void Add(AsyncCall<TIn, TOut> call) => _waiting.Enqueue(call);

    /// <summary>Starts as many calls as may run.</summary>
    public void StartMore()
    {
        if (_waiting.Count == 0 || _started == _options.InFlight)
        {
            return;
        }

        EventTime deadline = _options.Timeout is { } timeout ? Now.Add(timeout) : EventTime.MaxValue;
        while (_started < _options.InFlight && _waiting.TryDequeue(out AsyncCall<TIn, TOut>? call))
        {
            _started++;
            call.Deadline = deadline;
            if (_options.Timeout is not null)
            {
                _deadlines.Enqueue(call);
            }

            Start(call);
        }

        Arm();
    }

    /// <summary>The answer of a row is emitted, so that another call can start.</summary>
    public void Release() => _started--;

    private void Start(AsyncCall<TIn, TOut> call)
    {
        AsyncAttempt<TIn, TOut> attempt = new(_function, call.Row);
        call.Current = attempt;
        call.Attempts++;
        _running.Add(attempt);
        _context.Io.Start(attempt.RunAsync, failure => OnAnswer(call, attempt, failure));
    }

    private void OnAnswer(AsyncCall<TIn, TOut> call, AsyncAttempt<TIn, TOut> attempt, Exception? failure)
    {
        _running.Remove(attempt);
        if (_isClosed || call.Current != attempt)
        {
            return;
        }

        call.Current = null;
        if (failure is null)
        {
            Complete(call, attempt.Answer, null);
        }
        else if (!MayRetry(call, failure))
        {
            Complete(call, default!, failure);
        }
        else if (_options.RetryDelay == TimeSpan.Zero)
        {
            Start(call);
        }
        else
        {
            _pauses.Enqueue((call, Now.Add(_options.RetryDelay)));
            Arm();
        }
    }

    private bool MayRetry(AsyncCall<TIn, TOut> call, Exception failure)
    {
        bool may = call.Attempts <= _options.Retries;
        if (may && _options.RetryOn is { } condition)
        {
            _deciding = call;
            IAttributable? caller = _context.Attribution.Enter(this);
            may = condition(failure);
            _context.Attribution.Leave(caller);
            _deciding = null;
        }

        return may;
    }

    private void Complete(AsyncCall<TIn, TOut> call, TOut answer, Exception? failure)
    {
        call.Complete(answer, failure);
        if (_deadlines.Count > 64 && _deadlines.Count > 4 * _started)
        {
            _deadlines = new Queue<AsyncCall<TIn, TOut>>(_deadlines.Where(one => !one.IsDone));
        }

        _onDone(call);
    }

    private void OnTimer()
    {
        if (_isClosed)
        {
            return;
        }

        EventTime now = Now;
        while (_deadlines.TryPeek(out AsyncCall<TIn, TOut>? first) && (first.IsDone || first.Deadline <= now))
        {
            _deadlines.Dequeue();
            if (!first.IsDone)
            {
                TimeOut(first);
            }
        }

        while (_pauses.TryPeek(out (AsyncCall<TIn, TOut> Call, EventTime At) pause) && pause.At <= now)
        {
            _pauses.Dequeue();
            if (!pause.Call.IsDone)
            {
                Start(pause.Call);
            }
        }

        Arm();
    }

    private void TimeOut(AsyncCall<TIn, TOut> call)
    {
        if (call.Current is { } attempt)
        {
            Cancel(attempt);
        }

        Complete(call, default!, new FunctionTimeoutException(_options.Timeout!.Value, call.Attempts));
    }

    private void Arm()
    {
        while (_deadlines.TryPeek(out AsyncCall<TIn, TOut>? done) && done.IsDone)
        {
            _deadlines.Dequeue();
        }

        EventTime next = _deadlines.TryPeek(out AsyncCall<TIn, TOut>? first) ? first.Deadline : EventTime.MaxValue;
        next = _pauses.TryPeek(out (AsyncCall<TIn, TOut> Call, EventTime At) pause) ? EventTime.Min(next, pause.At) : next;
        if (next < EventTime.MaxValue)
        {
            _timer.SetFor(next);
        }
    }

    // Outside of turns, since it runs callbacks that the function has registered with the token.
    private void Cancel(AsyncAttempt<TIn, TOut> attempt) => _context.Io.Start(
        _ =>
        {
            attempt.Cancel();
            return Task.CompletedTask;
        },
        OnCancelled);

    private void OnCancelled(Exception? failure)
    {
        if (failure is not null && !_isClosed)
        {
            throw new OperatorFailure(Name, failure);
        }
    }

    private void Close()
    {
        _isClosed = true;
        foreach (AsyncAttempt<TIn, TOut> attempt in _running)
        {
            Cancel(attempt);
        }
    }
}
