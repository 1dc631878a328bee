using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace QueryStream.Cluster.Membership;

/// <summary>
/// Akka's phi-accrual failure detector of one address, which can also be told that the process at that address is dead. Akka creates one for each
/// member and drops it when the member is removed, so a new process at the same address begins alive. Safe on any thread.
/// </summary>
public sealed class ToldFailureDetector : FailureDetector
{
    // Akka offers no way to its detectors but their heartbeat, which it calls on the caller's thread.
    [ThreadStatic]
    private static bool IsTelling;

    private readonly PhiAccrualFailureDetector _inner;
    private volatile bool _isDead;

    /// <summary>Created by Akka.</summary>
    public ToldFailureDetector(Config config, EventStream events) => _inner = new PhiAccrualFailureDetector(config, events);

    /// <inheritdoc/>
    public override bool IsAvailable => !_isDead && _inner.IsAvailable;

    /// <inheritdoc/>
    public override bool IsMonitoring => _isDead || _inner.IsMonitoring;

    /// <summary>Tells the detector of an address that the process there is dead.</summary>
    public static void Tell(Akka.Cluster.Cluster cluster, Address address)
    {
        IsTelling = true;
        try
        {
            cluster.FailureDetector.Heartbeat(address);
        }
        finally
        {
            IsTelling = false;
        }
    }

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        if (IsTelling)
        {
            _isDead = true;
        }
        else if (!_isDead)
        {
            _inner.HeartBeat();
        }
    }
}
