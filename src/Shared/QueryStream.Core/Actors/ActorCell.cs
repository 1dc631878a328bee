using System.Collections.Concurrent;

namespace QueryStream.Core.Actors;

/// <summary>
/// An actor and its mailbox, as the executor runs them; also the actor's context. The mailbox is unbounded, but its content is limited: batches by
/// the credit of the channels, control messages by the size of the cluster.
/// </summary>
/// <typeparam name="TMessage">The actor's messages.</typeparam>
public sealed class ActorCell<TMessage> : ActorRef<TMessage>, IActorTurn
{
    // The most messages in one turn, so that other actors get their turn.
    private const int MessagesPerTurn = 64;

    private readonly Actor<TMessage> _actor;
    private readonly ConcurrentQueue<TMessage> _mailbox = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // 1 while a turn is scheduled or running. Exchanging it, with a full fence, keeps turns from overlapping and publishes the actor's state to the
    // next turn's thread.
    private int _scheduled = 1;
    private bool _started;
    private bool _stopping;

    internal ActorCell(Executor executor, Actor<TMessage> actor, string name)
    {
        Executor = executor;
        _actor = actor;
        Name = name;
        actor.Attach(this);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Task Stopped => _stopped.Task;

    /// <summary>The executor that runs the actor, with its clock and random numbers.</summary>
    public Executor Executor { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => Executor.Time;

    /// <inheritdoc/>
    public override void Tell(in TMessage message)
    {
        _mailbox.Enqueue(message);
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            Executor.Schedule(this);
        }
    }

    /// <summary>Sends a message to the actor itself after a delay. Dispose the timer to cancel it.</summary>
    public ITimer After(TimeSpan delay, TMessage message) =>
        Time.CreateTimer(_ => Tell(message), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Starts I/O outside of the actor; its outcome comes back as a message.</summary>
    /// <param name="work">Runs outside of the actor and must not touch its state.</param>
    /// <param name="completed">Creates the message: from null if the work succeeded, else from its exception.</param>
    public void Start(Func<CancellationToken, Task> work, Func<Exception?, TMessage> completed) =>
        Executor.StartIo(work, exception => Tell(completed(exception)));

    /// <summary>Starts I/O outside of the actor that returns a value; the value or the exception comes back as a message.</summary>
    /// <param name="work">Runs outside of the actor and must not touch its state.</param>
    /// <param name="completed">Creates the message. Called once, on any thread, so it must not touch the actor's state either.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Func<IoResult<T>, TMessage> completed)
    {
        T? value = default;
        Executor.StartIo(
            async cancellationToken => value = await work(cancellationToken).ConfigureAwait(false),
            failure => Tell(completed(failure is null ? new IoResult<T>(value!) : new IoResult<T>(failure))));
    }

    /// <summary>Ends the actor after the current turn.</summary>
    public void Stop() => _stopping = true;

    /// <inheritdoc/>
    void IActorTurn.Run()
    {
        bool more = _stopped.Task.IsCompleted ? DropAll() : Turn();
        if (more || !_mailbox.IsEmpty)
        {
            Executor.Schedule(this);
            return;
        }

        Interlocked.Exchange(ref _scheduled, 0);

        // A message may have arrived between the check of the mailbox and the exchange; its sender saw 1 and scheduled nothing.
        if (!_mailbox.IsEmpty && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            Executor.Schedule(this);
        }
    }

    private bool Turn()
    {
        bool more = false;
        bool working = false;
        try
        {
            if (!_started)
            {
                _started = true;
                _actor.OnStart();
            }

            for (int i = 0; i < MessagesPerTurn && !_stopping && _mailbox.TryDequeue(out TMessage? message); i++)
            {
                _actor.Receive(message);
            }

            working = true;
            more = !_stopping && _actor.Work();
        }
        catch (Exception e)
        {
            // If a message threw, Work is still due: another turn follows. If Work threw, no turn follows by itself, since an actor whose work always
            // throws would run forever.
            more = !working;
            Fault(e);
        }

        return _stopping ? StopNow() : more;
    }

    private bool StopNow()
    {
        try
        {
            _actor.OnStop();
        }
        catch (Exception e)
        {
            Fault(e);
        }

        // Before Stopped completes, so that its waiters find everything released.
        DropAll();
        _stopped.SetResult();
        return false;
    }

    private bool DropAll()
    {
        while (_mailbox.TryDequeue(out TMessage? message))
        {
            try
            {
                _actor.OnDropped(message);
            }
            catch (Exception e)
            {
                // The actor has stopped, so OnFault can no longer handle it.
                Executor.Unhandled(Name, e);
            }
        }

        return false;
    }

    private void Fault(Exception exception)
    {
        try
        {
            _actor.OnFault(exception);
        }
        catch (Exception e)
        {
            _stopping = true;
            Executor.Unhandled(Name, new AggregateException(exception, e));
        }
    }
}
