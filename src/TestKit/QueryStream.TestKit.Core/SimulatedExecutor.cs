using System.Text;
using QueryStream.Core;
using QueryStream.Core.Actors;
using QueryStream.Core.Keys;

namespace QueryStream.TestKit;

/// <summary>
/// Runs actors on the calling thread, in an order given by the seed alone: the next due item (a turn, the start or the completion of an I/O) is drawn
/// at random. Time is manual. Equal seeds give equal runs, which <see cref="Trace"/> proves, provided that this thread completes all I/O: by a
/// simulated service or by a timer of <see cref="Clock"/>. A cancelled <c>Task.Delay</c> completes on the thread pool, so the I/O of a simulation
/// must not depend on it.
/// </summary>
public sealed class SimulatedExecutor : Executor, IDisposable
{
    /// <summary>The number of steps without becoming idle after which a run fails.</summary>
    public const int MaxSteps = 1_000_000;

    // Guards the list only: I/O on real threads completes there.
    private readonly Lock _lock = new();
    private readonly List<Due> _due = [];
    private readonly List<Exception> _defects = [];
    private readonly CancellationTokenSource _shutdown = new();
    private readonly SeededRandom _order;
    private readonly SeededRandom _random;
    private int _pendingIo;
    private byte[] _utf8 = [];
    private bool _running;

    /// <summary>Creates an executor.</summary>
    /// <param name="seed">Determines the order of turns and the random numbers of actors.</param>
    /// <param name="clock">The clock; null: a new one.</param>
    /// <param name="time">What actors see of the clock, such as a wall clock that has been set; null: the clock itself.</param>
    public SimulatedExecutor(ulong seed = 1, ManualTime? clock = null, TimeProvider? time = null)
    {
        Seed = seed;
        Clock = clock ?? new ManualTime();
        Time = time ?? Clock;

        // Two generators, so that an actor that draws one more number does not change the order of all turns.
        _order = new SeededRandom(StableHash.OfInt64((long)seed));
        _random = new SeededRandom(StableHash.OfInt64(~(long)seed));
    }

    /// <summary>The seed, with which the run can be repeated.</summary>
    public ulong Seed { get; }

    /// <summary>The clock. Advance it only by <see cref="Advance"/>.</summary>
    public ManualTime Clock { get; }

    /// <inheritdoc/>
    public override TimeProvider Time { get; }

    /// <summary>A hash of all steps so far and their times. Equal for equal seeds, in every process.</summary>
    public ulong Trace { get; private set; }

    /// <summary>The number of steps so far: turns, starts and completions of I/O.</summary>
    public long Steps { get; private set; }

    /// <summary>The number of due steps.</summary>
    public int DueCount
    {
        get
        {
            lock (_lock)
            {
                return _due.Count;
            }
        }
    }

    /// <summary>
    /// Called with true before each step and with false after it, on the thread that runs the executor, to set thread-static state of the code under
    /// test: a test that awaits may run the executor on several threads. Null: nothing is called.
    /// </summary>
    public Action<bool>? OnRunning { get; set; }

    /// <summary>The number of I/O operations in progress.</summary>
    public int PendingIo => Volatile.Read(ref _pendingIo);

    /// <inheritdoc/>
    public override ulong NextRandom() => _random.Next();

    /// <summary>Random, since no time passes in a turn: a turn may end after any portion of its work.</summary>
    public override bool IsTurnOver(long startedAt) => _order.Next(4) == 0;

    /// <summary>Runs one due step, if there is any.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="AggregateException">An actor threw and could not say so itself.</exception>
    public bool RunOne()
    {
        if (_running)
        {
            throw new InvalidOperationException("The executor is running already: a turn, a timer or an I/O must not run it.");
        }

        Due next;
        lock (_lock)
        {
            if (_due.Count == 0)
            {
                return false;
            }

            int index = (int)(_order.Next() % (ulong)_due.Count);
            next = _due[index];
            _due[index] = _due[^1];
            _due.RemoveAt(_due.Count - 1);
        }

        Steps++;
        ulong what = StableHash.Combine(StableHash.OfInt64((long)next.Kind), StableHash.OfBytes(Utf8(next.Name)));
        Trace = StableHash.Combine(StableHash.Combine(Trace, what), StableHash.OfInt64(Clock.GetTimestamp()));
        Run(next);
        return true;
    }

    /// <summary>Runs one due step. If there is none, advances the clock to the next timer, and at most to a limit.</summary>
    /// <returns>False if nothing was due and the clock is at the limit.</returns>
    public bool RunOneUntil(DateTimeOffset limit)
    {
        if (RunOne())
        {
            return true;
        }

        DateTimeOffset next = Clock.NextDue is { } due && due <= limit ? due : limit;
        bool hasTimer = Clock.NextDue <= limit;
        Run(new Due(DueKind.Other, () => Clock.AdvanceTo(next > Clock.GetUtcNow() ? next : Clock.GetUtcNow())));
        return hasTimer;
    }

    /// <summary>Runs until nothing is due. Time stands still, so timers do not fire, except those that are due already.</summary>
    /// <exception cref="InvalidOperationException">The actors are not idle after <see cref="MaxSteps"/>.</exception>
    /// <exception cref="AggregateException">An actor threw and could not say so itself.</exception>
    public void RunUntilIdle()
    {
        for (int step = 0; step < MaxSteps; step++)
        {
            if (RunOne())
            {
                continue;
            }

            if (!(Clock.NextDue <= Clock.GetUtcNow()))
            {
                return;
            }

            Run(new Due(DueKind.Other, () => Clock.Advance(TimeSpan.Zero)));
        }

        throw new InvalidOperationException($"The actors are not idle after {MaxSteps} steps (seed {Seed}). Due: {DescribeDue()}.");
    }

    /// <summary>Advances the clock from timer to timer, and runs everything that becomes due after each.</summary>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        DateTimeOffset target = Clock.GetUtcNow() + duration;
        RunUntilIdle();
        while (Clock.NextDue <= target)
        {
            StepTo(Clock.NextDue!.Value);
        }

        StepTo(target);
    }

    /// <summary>Advances the clock from timer to timer until a condition holds, which is checked when nothing is due.</summary>
    /// <param name="what">Describes the condition, after "Waited for".</param>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">The limit of virtual time.</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public void AdvanceUntil(string what, Func<bool> condition, TimeSpan limit)
    {
        DateTimeOffset end = Clock.GetUtcNow() + limit;
        RunUntilIdle();
        while (!condition())
        {
            if (!(Clock.NextDue <= end))
            {
                throw new TimeoutException($"Waited for {what} for {limit.TotalSeconds:0.###} s of virtual time in vain (seed {Seed}).");
            }

            StepTo(Clock.NextDue!.Value);
        }
    }

    /// <summary>Cancels all I/O that actors have started. The steps that become due must still be run.</summary>
    public void Dispose() => Run(new Due(DueKind.Other, _shutdown.Cancel));

    /// <inheritdoc/>
    protected override void Schedule(IActorTurn turn) => Enqueue(new Due(turn));

    /// <inheritdoc/>
    protected override void StartIo(Func<CancellationToken, Task> work, Action<Exception?> completed)
    {
        Interlocked.Increment(ref _pendingIo);
        Enqueue(new Due(DueKind.IoStart, () => Begin(work, completed)));
    }

    /// <inheritdoc/>
    protected override void Unhandled(string actor, Exception exception)
    {
        lock (_lock)
        {
            _defects.Add(new InvalidOperationException($"Actor {actor} threw in its fault handler (seed {Seed}).", exception));
        }
    }

    private void StepTo(DateTimeOffset time)
    {
        Run(new Due(DueKind.Other, () => Clock.AdvanceTo(time)));
        RunUntilIdle();
    }

    private void Begin(Func<CancellationToken, Task> work, Action<Exception?> completed)
    {
        Task task;
        try
        {
            task = work(_shutdown.Token);
        }
        catch (Exception e)
        {
            task = Task.FromException(e);
        }

        // Runs on the thread that completes the task, and only enqueues the completion.
        _ = task.ContinueWith(
            over => Enqueue(new Due(DueKind.IoEnd, () => Complete(over, completed))),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Complete(Task task, Action<Exception?> completed)
    {
        Interlocked.Decrement(ref _pendingIo);
        completed(task.IsCanceled ? new TaskCanceledException(task) : task.Exception?.InnerException);
    }

    private void Enqueue(Due due)
    {
        lock (_lock)
        {
            _due.Add(due);
        }
    }

    // Without a synchronization context, continuations of turns and timers run synchronously and not on the thread pool.
    private void Run(in Due due)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _running = true;
        OnRunning?.Invoke(true);
        try
        {
            due.Run();
        }
        finally
        {
            OnRunning?.Invoke(false);
            _running = false;
            SynchronizationContext.SetSynchronizationContext(context);
        }

        ThrowDefects();
    }

    private void ThrowDefects()
    {
        lock (_lock)
        {
            if (_defects.Count > 0)
            {
                AggregateException defects = new(_defects);
                _defects.Clear();
                throw defects;
            }
        }
    }

    private ReadOnlySpan<byte> Utf8(string name)
    {
        int maxBytes = Encoding.UTF8.GetMaxByteCount(name.Length);
        if (_utf8.Length < maxBytes)
        {
            _utf8 = new byte[maxBytes];
        }

        return _utf8.AsSpan(0, Encoding.UTF8.GetBytes(name, _utf8));
    }

    private string DescribeDue()
    {
        lock (_lock)
        {
            return string.Join(", ", _due.Select(due => due.Kind == DueKind.Turn ? due.Name : due.Kind.ToString()).Distinct().Take(10));
        }
    }

    private enum DueKind
    {
        Turn,
        IoStart,
        IoEnd,
        Other,
    }

    // A struct, so that a turn, by far the most frequent kind, allocates nothing.
    private readonly struct Due
    {
        private readonly IActorTurn? _turn;
        private readonly Action? _action;

        public Due(IActorTurn turn) => (Kind, _turn) = (DueKind.Turn, turn);

        public Due(DueKind kind, Action action) => (Kind, _action) = (kind, action);

        public DueKind Kind { get; }

        public string Name => _turn?.Name ?? "";

        public void Run()
        {
            _turn?.Run();
            _action?.Invoke();
        }
    }
}
