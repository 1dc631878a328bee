using System.Net.Security;
using QueryStream.Certificates;
using QueryStream.Exchange.Connections;

namespace QueryStream.Exchange;

/// <summary>
/// Mutual TLS of the connections between workers: both ends show a certificate that the cluster's own authority has signed. Names are not compared,
/// since workers know each other by addresses that change; who has a certificate of the authority belongs to the cluster.
/// </summary>
public sealed class ExchangeTls
{
    private readonly ClusterCertificates _certificates;
    private readonly SslStreamCertificateContext _own;

    /// <summary>Creates it.</summary>
    /// <param name="certificates">This worker's certificate, and the cluster's authority. Their owner disposes of them, after the exchange.</param>
    public ExchangeTls(ClusterCertificates certificates)
    {
        _certificates = certificates;
        _own = SslStreamCertificateContext.Create(certificates.Own, additionalCertificates: null, offline: true);
    }

    /// <summary>What judges the certificate of one connection's other end.</summary>
    internal PeerCheck NewCheck() => new(_certificates);

    /// <summary>The options of a connection that comes in.</summary>
    internal SslServerAuthenticationOptions ServerOptions(PeerCheck check) => new()
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        CertificateChainPolicy = _certificates.CreatePolicy(),
        RemoteCertificateValidationCallback = check.IsOfCluster,
    };

    /// <summary>The options of a connection to another worker.</summary>
    internal SslClientAuthenticationOptions ClientOptions(PeerCheck check) => new()
    {
        ClientCertificateContext = _own,
        CertificateChainPolicy = _certificates.CreatePolicy(),
        RemoteCertificateValidationCallback = check.IsOfCluster,
    };
}
