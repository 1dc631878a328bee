using System.Runtime.ExceptionServices;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>Asks for rows, so many at a time, again after errors, and not for longer than the job wants. Used in turns of one task.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The answers.</typeparam>
internal sealed class AsyncCalls<TIn, TOut>
{
    private readonly TaskContext _context;
    private readonly string _name;
    private readonly Func<TIn, CancellationToken, Task<TOut>> _function;
    private readonly AsyncOptions _options;
    private readonly Action<AsyncCall<TIn, TOut>> _onDone;
    private readonly Queue<AsyncCall<TIn, TOut>> _waiting = new();
    private readonly HashSet<AsyncAttempt<TIn, TOut>> _underWay = [];

    // Both in the order of their times, since these are as far ahead of the clock for all.
    private readonly Queue<(AsyncCall<TIn, TOut> Call, EventTime At)> _pauses = new();
    private Queue<AsyncCall<TIn, TOut>> _deadlines = new();
    private readonly Alarm _alarm;
    private int _asked;
    private bool _isClosed;

    /// <summary>Creates a set without calls.</summary>
    /// <param name="context">The task.</param>
    /// <param name="name">The operator, to be blamed for what its conditions throw.</param>
    /// <param name="function">Asks.</param>
    /// <param name="options">How.</param>
    /// <param name="onDone">Told of each row that is answered or given up, in a turn.</param>
    public AsyncCalls(
        TaskContext context, string name, Func<TIn, CancellationToken, Task<TOut>> function, AsyncOptions options, Action<AsyncCall<TIn, TOut>> onDone)
    {
        (_context, _name, _function, _options, _onDone) = (context, name, function, options, onDone);
        _alarm = context.NewAlarm(OnAlarm);
        context.OnClose.Add(Close);
    }

    /// <summary>Whether there are rows that have not been asked for, since too many are under way.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    private EventTime Now => EventTime.From(_context.Time.GetUtcNow());

    /// <summary>Adds a row; <see cref="AskMore"/> asks for it.</summary>
    public void Add(AsyncCall<TIn, TOut> call) => _waiting.Enqueue(call);

    /// <summary>Asks for as many rows as may be under way.</summary>
    public void AskMore()
    {
        if (_waiting.Count == 0 || _asked == _options.InFlight)
        {
            return;
        }

        EventTime deadline = _options.Timeout is { } timeout ? Now.Add(timeout) : EventTime.MaxValue;
        while (_asked < _options.InFlight && _waiting.TryDequeue(out AsyncCall<TIn, TOut>? call))
        {
            _asked++;
            call.Deadline = deadline;
            if (_options.Timeout is not null)
            {
                _deadlines.Enqueue(call);
            }

            Ask(call);
        }

        Arm();
    }

    /// <summary>The answer of a row has gone, so that another can be asked for.</summary>
    public void Release() => _asked--;

    private void Ask(AsyncCall<TIn, TOut> call)
    {
        AsyncAttempt<TIn, TOut> attempt = new(_function, call.Row);
        call.Current = attempt;
        call.Attempts++;
        _underWay.Add(attempt);
        _context.Start(attempt.RunAsync, failure => OnAnswer(call, attempt, failure));
    }

    private void OnAnswer(AsyncCall<TIn, TOut> call, AsyncAttempt<TIn, TOut> attempt, Exception? failure)
    {
        _underWay.Remove(attempt);
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
            Ask(call);
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
            _context.Run(_name, () => may = condition(failure), _context.Rows.At(call.Row, call.Time, call.Position));
        }

        return may;
    }

    private void Complete(AsyncCall<TIn, TOut> call, TOut answer, Exception? failure)
    {
        call.Complete(answer, failure);
        if (_deadlines.Count > 64 && _deadlines.Count > 4 * _asked)
        {
            _deadlines = new Queue<AsyncCall<TIn, TOut>>(_deadlines.Where(one => !one.IsDone));
        }

        _onDone(call);
    }

    private void OnAlarm()
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
                GiveUp(first);
            }
        }

        while (_pauses.TryPeek(out (AsyncCall<TIn, TOut> Call, EventTime At) pause) && pause.At <= now)
        {
            _pauses.Dequeue();
            if (!pause.Call.IsDone)
            {
                Ask(pause.Call);
            }
        }

        Arm();
    }

    private void GiveUp(AsyncCall<TIn, TOut> call)
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
            _alarm.SetFor(next);
        }
    }

    // Outside of the turn, since it calls what the function has registered for it.
    private void Cancel(AsyncAttempt<TIn, TOut> attempt) => _context.Start(
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
            _context.Run(_name, () => ExceptionDispatchInfo.Throw(failure));
        }
    }

    private void Close()
    {
        _isClosed = true;
        foreach (AsyncAttempt<TIn, TOut> attempt in _underWay)
        {
            Cancel(attempt);
        }
    }
}
