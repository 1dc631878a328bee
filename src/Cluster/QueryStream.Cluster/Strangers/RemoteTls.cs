using Akka.Remote.Transport.DotNetty;
using QueryStream.Certificates;

namespace QueryStream.Cluster.Strangers;

/// <summary>Mutual TLS of Akka's connections, by the rules of the exchange: both ends show a certificate of the cluster's own authority.</summary>
internal static class RemoteTls
{
    /// <summary>The setup of Akka's transport. <c>enable-ssl</c> must be on as well, see <see cref="AkkaSettings"/>.</summary>
    /// <param name="certificates">The certificates of this process.</param>
    /// <param name="strangers">Where to report whom it refuses.</param>
    public static DotNettySslSetup Of(ClusterCertificates certificates, StrangerLog strangers) => new(
        certificates.Own,
        suppressValidation: false,
        requireMutualAuthentication: true,
        customValidator: (shown, _, peer, _, _) =>
        {
            string? problem = certificates.ReasonToRefuse(shown);
            if (problem is not null)
            {
                strangers.Refused(peer, shown is null ? "no certificate" : "certificate", problem);
            }

            return problem is null;
        });
}
