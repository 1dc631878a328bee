using QueryStream.Certificates;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>The authority of a cluster, which signs the certificates of its workers.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-certificates-");
    private readonly List<ClusterCertificates> _issued = [];

    /// <summary>TLS of one more worker.</summary>
    /// <param name="clock">The worker's clock, by which its certificate is valid for two days; null: the true one.</param>
    public PeerTls Issue(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        CertificateFiles files = new(_folder.FullName);
        File.Delete(files.Node);
        File.Delete(files.NodeKey);
        new CertificateIssuer(files, clock).Issue(new CertificateOrder([], Days: 2));
        ClusterCertificates certificates = ClusterCertificates.Load(files, clock);
        _issued.Add(certificates);
        return new PeerTls(certificates);
    }

    public void Dispose()
    {
        _issued.ForEach(certificates => certificates.Dispose());
        _folder.Delete(recursive: true);
    }
}
