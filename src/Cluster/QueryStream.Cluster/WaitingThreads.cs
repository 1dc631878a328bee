using System.Globalization;
using Akka.Configuration;
using Akka.Dispatch;

namespace QueryStream.Cluster;

/// <summary>
/// Threads of a dispatcher's own, which sleep while there is nothing to do. Akka's dedicated threads spin before they sleep: an idle node, which
/// handles a few dozen messages a second, takes 7 % of a core with them.
/// </summary>
internal sealed class WaitingThreads : ExecutorService
{
    // Its own lock.
    private readonly Queue<IRunnable> _queue = new();
    private bool _isShutDown;

    public WaitingThreads(string id, int threads)
        : base(id)
    {
        for (int number = 0; number < threads; number++)
        {
            new Thread(Run) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"{id}-{number}") }.Start();
        }
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        lock (_queue)
        {
            _queue.Enqueue(run);
            Monitor.Pulse(_queue);
        }
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        lock (_queue)
        {
            _isShutDown = true;
            Monitor.PulseAll(_queue);
        }
    }

    // What is queued at the shutdown still runs, as in Akka's own.
    private void Run()
    {
        while (Next() is { } runnable)
        {
            runnable.Run();
        }
    }

    private IRunnable? Next()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_isShutDown)
                {
                    return null;
                }

                Monitor.Wait(_queue);
            }

            return _queue.Dequeue();
        }
    }
}

/// <summary>Creates <see cref="WaitingThreads"/>, as many as the setting <c>threads</c> of the dispatcher. Created by Akka.</summary>
internal sealed class WaitingThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new WaitingThreads(id, Config.GetInt("threads"));
}
