using QueryStream.Certificates;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>The authority of a cluster, which signs the certificates of its workers.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-certificates-");
    private readonly List<ClusterCertificates> _issued = [];

    /// <summary>TLS of one more worker.</summary>
    public ExchangeTls Issue()
    {
        CertificateFiles files = new(_folder.FullName);
        File.Delete(files.Node);
        File.Delete(files.NodeKey);
        new CertificateIssuer(files, TimeProvider.System).Issue(new CertificateOrder([], Days: 2));
        ClusterCertificates certificates = ClusterCertificates.Load(files, TimeProvider.System);
        _issued.Add(certificates);
        return new ExchangeTls(certificates);
    }

    public void Dispose()
    {
        _issued.ForEach(certificates => certificates.Dispose());
        _folder.Delete(recursive: true);
    }
}
