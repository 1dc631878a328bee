using QueryStream.Wire.Control;

namespace QueryStream.Exchange;

/// <summary>
/// Is told when the exchange loses another worker, which it often notices first: a killed process closes its connections at once, and the cluster's
/// failure detector needs seconds.
/// </summary>
public interface IPeerWatcher
{
    /// <summary>
    /// A worker is not reached any more. Channels to it are lost already. Called on any thread, must not block; may be called again for the same
    /// worker, also with another <paramref name="refused"/>. Not called if a lost connection was replaced at once.
    /// </summary>
    /// <param name="peer">The worker and where it listened.</param>
    /// <param name="refused">Whether its address refuses connections, or another worker answers there, so that its process is dead; otherwise it is
    /// silent or cannot be reached, which is no proof.</param>
    void PeerLost(WorkerLocation peer, bool refused);
}
