using System.Security.Cryptography.X509Certificates;
using QueryStream.Testing.Kafka;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>The authority of a cluster, which signs the certificates of its workers.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly TestAuthority _authority = new("cluster");

    /// <summary>TLS of one more worker.</summary>
    public ExchangeTls Issue()
    {
        string pem = _authority.IssueServerPem();
        return ExchangeTls.Mutual(
            X509Certificate2.CreateFromPem(pem, pem), X509Certificate2.CreateFromPem(_authority.CertificatePem));
    }

    public void Dispose() => _authority.Dispose();
}
