using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Exchange;

/// <summary>TLS of the connections between workers. A worker is a server to some workers, and a client to others.</summary>
/// <param name="Server">The options for connections that come in.</param>
/// <param name="Client">The options for connections to other workers.</param>
public sealed record ExchangeTls(SslServerAuthenticationOptions Server, SslClientAuthenticationOptions Client)
{
    /// <summary>
    /// Mutual TLS with the cluster's own authority: both ends show a certificate that it has signed. Names are not compared, since workers know each
    /// other by addresses that change; who has a certificate of the authority belongs to the cluster.
    /// </summary>
    /// <param name="own">This worker's certificate, with its private key.</param>
    /// <param name="authority">The authority's certificate.</param>
    public static ExchangeTls Mutual(X509Certificate2 own, X509Certificate2 authority)
    {
        RemoteCertificateValidationCallback isOfCluster = (_, certificate, _, _) => IsSignedBy(authority, certificate);
        SslServerAuthenticationOptions server = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = isOfCluster,
        };
        SslClientAuthenticationOptions client = new()
        {
            ClientCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
            RemoteCertificateValidationCallback = isOfCluster,
        };
        return new ExchangeTls(server, client);
    }

    private static bool IsSignedBy(X509Certificate2 authority, X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);

        // The authority is the cluster's own, and publishes no list of revoked certificates.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }
}
