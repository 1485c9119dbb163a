console.log('The desktop app comes with the next issue. Until then: npm run sample, or npm run -s vernier -- --help');
