using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using QueryStream.Certificates;

namespace QueryStream.Exchange.Connections;

/// <summary>Judges the certificate that the other end of one connection shows, and keeps why it is refused, which TLS itself does not tell.</summary>
/// <param name="certificates">The certificates of the cluster.</param>
internal sealed class PeerCheck(ClusterCertificates certificates)
{
    /// <summary>Why it is refused; null: it is not, or has not been judged yet.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the other end belongs to the cluster.</summary>
    public bool IsOfCluster(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = certificates.ReasonToRefuse(certificate as X509Certificate2);
        return Problem is null;
    }
}
